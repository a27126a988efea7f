export function restTypes(): Promise<string>;
