import { limits } from "@gapless-chat/protocol";
import { useWidget } from "../context";

const tellFrom = limits.BodyLength - 500;

/** Near the limit how much is left, above it how much is too much. The text itself is never cut. */
export function LengthNote({ length }: { length: number }) {
  const { t } = useWidget();
  if (length < tellFrom) return null;
  const over = length - limits.BodyLength;
  return (
    <p class={over > 0 ? "length problem" : "length muted"} role="status">
      {over > 0 ? t.tooLong(over) : t.left(-over)}
    </p>
  );
}
