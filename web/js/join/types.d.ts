// What is told to somebody who joined.

export interface Joined {
  /** Their pseudonym, where the service says it. */
  person?: string;
  /** The second factor, as an address that an authenticator app reads; told this once. */
  totp?: string;
  /** The token of this device, if they sign in by six digits. */
  device?: string;
  /** Those digits: for signing in right away, and kept nowhere. */
  pin?: string;
  /** Whether they sign in with WeChat. */
  wechat?: boolean;
}
