/** The caller's device is to be woken. */
export interface RegisterDevice {
  platform: string;
  token: string;
}

export interface PushDevice {
  deviceId: string;
  platform: string;
  token: string;
}

/** What the service that wakes devices is posted, signed. */
export interface PushNotice {
  type: string;
  timestamp: string;
  device: PushDevice;
  visitorId: string;
  conversationId: string;
  seq: number;
  unread: number;
  from?: string;
  text: string;
}
