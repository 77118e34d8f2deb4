/** An event of another clock, and between which moments of one's own it lay. */
export interface ClockSample {
  /** What the other clock said, ms since 1970. */
  theirs: number;
  /** One's own clock before asking and after the answer, ms since 1970. */
  asked: number;
  answered: number;
}

/** How far one's own clock is ahead of another's, ms: never more than the sample can prove; 0 where it proves nothing. */
export function clockOffset({ theirs, asked, answered }: ClockSample): number {
  if (theirs < asked) return asked - theirs;
  if (theirs > answered) return answered - theirs;
  return 0;
}
