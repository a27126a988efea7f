/** Puts the count before the page's title. The title is read anew each time: the page may have changed it meanwhile. */
export function showUnread(unread: number): void {
  const title = document.title.replace(/^\(\d+\+?\) /, "");
  const next = unread ? `(${unread > 99 ? "99+" : unread}) ${title}` : title;
  if (next !== document.title) document.title = next;
}
