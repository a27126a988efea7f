import { initials } from "@gapless-chat/screens/initials";
import { useState } from "preact/hooks";
import { Icon } from "./icons";

interface Props {
  name?: string | undefined;
  picture?: string | undefined;
  online?: boolean | undefined;
}

/** A person's picture, else the letters of the name, else the sign of the support. Decoration: the name stands beside it. */
export function Avatar({ name, picture, online }: Props) {
  const [broken, setBroken] = useState<string>();
  const letters = initials(name ?? "");
  const isShown = picture?.startsWith("https://") && picture !== broken;
  return (
    <span class="avatar" aria-hidden="true">
      {isShown ? (
        <img src={picture} alt="" referrerpolicy="no-referrer" onError={() => setBroken(picture)} />
      ) : letters ? (
        <span>{letters}</span>
      ) : (
        <Icon name="chat" />
      )}
      {online !== undefined && <i class={online ? "dot on" : "dot"} />}
    </span>
  );
}
