import { useCallback, useEffect, useState } from "preact/hooks";
import { attempt } from "../state/actions";
import { toast } from "../state/toasts";
import { t } from "../texts";

export interface Resource<T> {
  /** Undefined until it has come. */
  value: T | undefined;
  set: (value: T) => void;
  reload: () => Promise<void>;
}

/** Something of the server that a page shows. A refusal is told and leaves what is shown. */
export function useResource<T>(load: () => Promise<T>): Resource<T> {
  const [value, set] = useState<T>();
  const reload = useCallback(async () => {
    await attempt(async () => set(await load()));
  }, []);
  useEffect(() => void reload(), [reload]);
  return { value, set, reload };
}

/** Does a change and says that it is done. */
export async function save(change: () => Promise<unknown>): Promise<boolean> {
  const isDone = await attempt(change);
  if (isDone) toast("good", t("saved"));
  return isDone;
}

/** A copy of something that a form changes, and whether it differs from what is saved. */
export function useEdited<T extends object>(
  saved: T,
): { value: T; isChanged: boolean; change: (part: Partial<T>) => void; reset: (value: T) => void } {
  const [value, setValue] = useState(saved);
  return {
    value,
    isChanged: JSON.stringify(value) !== JSON.stringify(saved),
    change: (part) => setValue((now) => ({ ...now, ...part })),
    reset: setValue,
  };
}
