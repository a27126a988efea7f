let context: AudioContext | undefined;

/** Two soft tones, made here: no file to load. Silent where the browser does not let a page sound before a click. */
export function beep(): void {
  try {
    context ??= new AudioContext();
    void context.resume().then(() => [660, 880].forEach(tone), noSound);
  } catch {
    noSound();
  }
}

function tone(frequency: number, index: number): void {
  if (!context) return;
  const start = context.currentTime + index * 0.12;
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(0.08, start + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.3);
  const oscillator = new OscillatorNode(context, { frequency });
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + 0.32);
}

function noSound(): void {
  context = undefined;
}
