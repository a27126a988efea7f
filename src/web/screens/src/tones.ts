const apartSeconds = 0.12;
const toneSeconds = 0.3;
const loudness = 0.07;

let context: AudioContext | undefined;

/** Soft tones one after the other, made here: no file to load. Silent where the browser does not let a page sound before a click. */
export function play(frequencies: readonly number[]): void {
  try {
    context ??= new AudioContext();
    void context.resume().then(() => frequencies.forEach(tone), noSound);
  } catch {
    noSound();
  }
}

function tone(frequency: number, index: number): void {
  if (!context) return;
  const start = context.currentTime + index * apartSeconds;
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(loudness, start + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + toneSeconds);
  const oscillator = new OscillatorNode(context, { frequency });
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + toneSeconds + 0.02);
}

function noSound(): void {
  context = undefined;
}
