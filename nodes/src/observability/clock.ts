/** A reading of another clock, and the moments of one's own clock before and after it. */
export interface ClockSample {
  /** The reading of the other clock, ms since 1970. */
  theirs: number;
  /** One's own clock before asking and after the answer, ms since 1970. */
  asked: number;
  answered: number;
}

/** How far one's own clock is ahead of another, ms: no more than the sample can prove, and 0 if it proves nothing. */
export function clockOffset({ theirs, asked, answered }: ClockSample): number {
  if (theirs < asked) return asked - theirs;
  if (theirs > answered) return answered - theirs;
  return 0;
}
