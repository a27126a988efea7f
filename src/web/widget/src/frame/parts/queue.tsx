import { useWidget } from "../context";

/** How many are before the visitor, when the inbox tells. */
export function Queue({ position }: { position: number | undefined }) {
  const { t, settings } = useWidget();
  const shown = settings?.queuePosition !== false ? position : undefined;
  return (
    <p class="queue" role="status">
      <span class="pulse" aria-hidden="true" />
      {shown === undefined ? t.waiting : shown <= 1 ? t.nextInQueue : t.ahead(shown - 1)}
    </p>
  );
}
