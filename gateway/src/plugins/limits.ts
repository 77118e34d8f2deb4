import type { Plugin } from 'graphql-yoga';
import { CLIENT_LIMITS, limitFaults } from '@liandong/schema';

/** Lets the parser stop at a number of tokens, before anything is made of a text without end. */
export function limitTokens(maxTokens: number): Plugin {
  return {
    onParse: ({ params }) => {
      params.options = { ...params.options, maxTokens };
    },
  };
}

/** Refuses what is too large before it is even checked against the graph; nodes measure once more for themselves. */
export function limitQueries(): Plugin {
  return {
    onValidate: ({ params, setResult }) => {
      const faults = limitFaults(params.documentAST, CLIENT_LIMITS);
      if (faults.length > 0) setResult(faults);
    },
  };
}
