import { FileJournal } from "./file-journal.ts";
import { KeptStorage } from "./kept-storage.ts";

export type { KeptStorage } from "./kept-storage.ts";

/**
 * Keeps the session and what is not sent yet in a folder, for one chat of one process, over kills and power cuts. The user whose process it is can read
 * it. Rejects when another process uses the folder, or when it cannot be read.
 */
export function openFileStorage(folder: string): Promise<KeptStorage> {
  return KeptStorage.open(new FileJournal(folder));
}
