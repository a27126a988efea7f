import { useWidget } from "../context";
import { Icon } from "./icons";

/** What a visitor should know about his connection, or about what was just refused. */
export function Banner({ notice, onNotice }: { notice: string | undefined; onNotice: (text: undefined) => void }) {
  const { t, connection, isStorageBlocked } = useWidget();
  const { status } = connection;
  if (notice) {
    return (
      <div class="banner" role="alert">
        <Icon name="alert" />
        <span>{notice}</span>
        <button type="button" class="icon-button" aria-label={t.cancel} onClick={() => onNotice(undefined)}>
          <Icon name="close" />
        </button>
      </div>
    );
  }
  if (status === "offline") {
    // Most interruptions end at once: the style shows this one after a moment.
    return (
      <div class="banner late" role="status">
        <Icon name="alert" />
        <span>{t.offline}</span>
      </div>
    );
  }
  return isStorageBlocked ? (
    <div class="banner quiet">
      <span>{t.notKept}</span>
    </div>
  ) : null;
}
