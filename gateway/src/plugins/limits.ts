import type { Plugin } from 'graphql-yoga';

/** Lets the parser stop at a number of tokens, before anything is made of a text without end. */
export function limitTokens(maxTokens: number): Plugin {
  return {
    onParse: ({ params }) => {
      params.options = { ...params.options, maxTokens };
    },
  };
}
