import { initials } from "@gapless-chat/screens/initials";
import { UserRound } from "lucide";
import type { JSX } from "preact";
import { Icon } from "./icon";

export type Tone = "good" | "warn" | "bad" | "none";

/** A stable hue, so that a person keeps his colour everywhere. */
export function hueOf(seed: string): number {
  let hash = 0;
  for (const character of seed) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return hash;
}

interface AvatarProps {
  /** Absent: a person whose name nobody knows. */
  name?: string | undefined;
  /** What the colour follows; the name when absent. */
  seed?: string | undefined;
  picture?: string | undefined;
  size?: number;
  dot?: Tone | undefined;
  dotLabel?: string | undefined;
}

export function Avatar({ name, seed, picture, size = 28, dot, dotLabel }: AvatarProps): JSX.Element {
  const style = {
    "--hue": String(hueOf(seed ?? name ?? "")),
    width: `${size}px`,
    height: `${size}px`,
    fontSize: `${Math.round(size * 0.39)}px`,
  };
  return (
    <span class="avatar" style={style}>
      {picture ? <img src={picture} alt="" /> : <Letters name={name} size={size} />}
      {dot && dot !== "none" && <span class={`dot ${dot}`} title={dotLabel} />}
      {dotLabel && <span class="unseen">{dotLabel}</span>}
    </span>
  );
}

function Letters({ name, size }: { name: string | undefined; size: number }): JSX.Element {
  const letters = initials(name ?? "");
  return letters ? <span aria-hidden="true">{letters}</span> : <Icon of={UserRound} size={Math.round(size * 0.5)} />;
}
