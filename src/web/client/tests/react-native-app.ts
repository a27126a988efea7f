// What an app imports, by the names of the packages.
export * from "@gapless-chat/client";
export * from "@gapless-chat/client/key-value";
export * from "@gapless-chat/client/push";
