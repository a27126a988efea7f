import { Scene } from "../scene";

/** The embedded default, with its one account. */
export interface Service {
  url: string;
  /** The server itself, past the door that `cut` closes. */
  direct: string;
  email: string;
  password: string;
  /** Cuts all sockets through the door and refuses new ones until told otherwise. */
  cut(isCut: boolean): Promise<void>;
  stop(): Promise<void>;
}

export async function startService(): Promise<Service> {
  const scene = await Scene.start("embedded");
  const { doors, nodes, admin } = scene.at;
  if (!doors[0] || !nodes[0] || !admin) throw new Error("The scene is not the embedded default.");
  return {
    url: doors[0],
    direct: nodes[0].replace(/\/$/, ""),
    ...admin,
    cut: (isCut) => scene.order(isCut ? "refuse" : "accept", { door: 0 }),
    stop: () => scene.stop(),
  };
}
