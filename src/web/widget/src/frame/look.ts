import { parseColor } from "@gapless-chat/screens/color";

/** What the address of the frame says, put there by the loader: see frameAddress. All of it may come from anybody and is checked. */
export interface Look {
  /** The page that the frame answers to. Absent: opened by itself, as a page of its own. */
  readonly host?: string;
  readonly position: "left" | "right";
  readonly theme?: "light" | "dark";
  readonly locale?: string;
  readonly color?: string;
}

export function readLook(fragment: string, ancestor: string | undefined): Look {
  const given = new URLSearchParams(fragment.replace(/^#/, ""));
  const theme = given.get("theme");
  const color = parseColor(given.get("color"));
  // The browser's own word counts for more. A page that lies here speaks to nobody: messages are posted to this origin only.
  const host = ancestor ?? given.get("host") ?? undefined;
  return {
    position: given.get("position") === "left" ? "left" : "right",
    ...(host && { host }),
    ...(color && { color }),
    ...((theme === "light" || theme === "dark") && { theme }),
    ...(given.get("locale") && { locale: given.get("locale") as string }),
  };
}
