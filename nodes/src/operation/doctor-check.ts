/** What the doctor found at one part of a host. */
export interface Finding {
  part: string;
  /** BAD keeps the host from working; WARN will, if nobody looks. */
  state: 'OK' | 'WARN' | 'BAD';
  /** In plain words: what is, and what to do. */
  text: string;
}

export const ok = (part: string, text: string): Finding => ({ part, state: 'OK', text });
export const warn = (part: string, text: string): Finding => ({ part, state: 'WARN', text });
export const bad = (part: string, text: string): Finding => ({ part, state: 'BAD', text });
