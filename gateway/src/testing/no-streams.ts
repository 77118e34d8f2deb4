import type { OpenSignals } from '../signals/index.ts';

/** For a graph whose subscription nobody opens. */
export const NO_STREAMS: OpenSignals = {
  open: () => {
    throw new Error('no stream is opened here');
  },
  contextOf: (context) => context,
};
