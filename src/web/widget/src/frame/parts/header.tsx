import type { ComponentChildren } from "preact";
import { useWidget } from "../context";
import { Icon } from "./icons";

interface Props {
  /** Goes back to the list; absent: there is nothing to go back to. */
  onBack?: (() => void) | undefined;
  children: ComponentChildren;
  tools?: ComponentChildren;
}

export function Header({ onBack, children, tools }: Props) {
  const { t, onClose } = useWidget();
  return (
    <header class="header">
      {onBack && (
        <button type="button" class="icon-button" aria-label={t.back} onClick={onBack}>
          <Icon name="back" />
        </button>
      )}
      <div class="header-main">{children}</div>
      {tools}
      {onClose && (
        <button type="button" class="icon-button" aria-label={t.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      )}
    </header>
  );
}
