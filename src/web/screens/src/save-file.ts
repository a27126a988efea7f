const revokeAfterMs = 60_000;

/** Has the browser save a file. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads it after this function has ended, and does not say when it has.
  setTimeout(URL.revokeObjectURL, revokeAfterMs, link.href);
}
