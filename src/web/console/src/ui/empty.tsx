import type { IconNode } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { Icon } from "./icon";

export function Empty({ icon, title, children }: { icon: IconNode; title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty">
      <Icon of={icon} size={28} />
      <h2>{title}</h2>
      {children && <p>{children}</p>}
    </div>
  );
}
