// What an app imports, by the names of the packages.
export * from "@chat/client";
export * from "@chat/client/key-value";
