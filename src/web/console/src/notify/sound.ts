const notes = { message: [660, 880], queued: [523, 659] } as const;
const noteSeconds = 0.11;
const loudness = 0.06;

let audio: AudioContext | undefined;

/** Two soft tones, made here: no file to fetch. Browsers keep silent until the page was clicked once. */
export function chime(kind: keyof typeof notes): void {
  audio ??= new AudioContext();
  if (audio.state === "suspended") void audio.resume().catch(() => undefined);
  const { currentTime } = audio;
  for (const [index, frequency] of notes[kind].entries()) tone(audio, frequency, currentTime + index * noteSeconds);
}

function tone(context: AudioContext, frequency: number, at: number): void {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(loudness, at + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + noteSeconds * 2.2);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + noteSeconds * 2.5);
}
