// Drawn for this widget on a grid of 24, line 1.8. Those that point somewhere turn with the direction of the text.
const paths = {
  back: "m14.5 6-6 6 6 6",
  close: "M6.5 6.5l11 11m0-11-11 11",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  send: "M12 19V5.5m-6 6 6-6 6 6",
  check: "m5 12.8 4.5 4.4L19 7.5",
  checks: "m2.5 12.8 4.3 4.2 8.7-9M12 16.6l.6.5L21.5 8",
  clock: "M12 7.5V12l2.8 2M20 12a8 8 0 1 1-16 0 8 8 0 0 1 16 0Z",
  alert: "M12 8v4.6m0 3.2v.01M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0Z",
  reply: "m9.5 7-5 5 5 5M5 12h8.5a6 6 0 0 1 6 6v.5",
  edit: "m14.8 6.2 3 3M5 19l.8-3.7L16 5.1a1.6 1.6 0 0 1 2.3 0l.6.6a1.6 1.6 0 0 1 0 2.3L8.7 18.2 5 19Z",
  trash: "M5 7.2h14M10 7V5.2h4V7m3.3.2-.7 11.3H7.4L6.7 7.2m3.5 3.6v4.4m3.6-4.4v4.4",
  download: "M12 4.5v10m-4.3-4 4.3 4.2 4.3-4.2M5 19h14",
  sound: "M5 9.8v4.4h2.8L12 17.8V6.2L7.8 9.8H5Zm10.5-.9a4.4 4.4 0 0 1 0 6.2m2.3-8.5a7.6 7.6 0 0 1 0 10.8",
  mute: "M5 9.8v4.4h2.8L12 17.8V6.2L7.8 9.8H5Zm11 .2 4 4m0-4-4 4",
  globe: "M20.2 12a8.2 8.2 0 1 1-16.4 0 8.2 8.2 0 0 1 16.4 0Zm-16 0h15.6M12 3.9c4.6 4.7 4.6 11.5 0 16.2-4.6-4.7-4.6-11.5 0-16.2Z",
  end: "M8.5 12.3l2.4 2.3 4.6-4.9M20.2 12a8.2 8.2 0 1 1-16.4 0 8.2 8.2 0 0 1 16.4 0Z",
  down: "m6.5 9.8 5.5 5.4 5.5-5.4",
  plus: "M12 5.5v13M5.5 12h13",
  chat: "M20.5 11.6a8 8 0 0 1-11.6 7.2L4 20l1.3-4.6a8 8 0 1 1 15.2-3.8Z",
  star: "m12 3.8 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8L12 3.8Z",
} as const;

const turning: readonly string[] = ["back", "reply"];

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon ${turning.includes(name) ? "turns" : ""}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
