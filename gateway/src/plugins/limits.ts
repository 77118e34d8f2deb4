import type { HeavyRoots } from '@liandong/schema/graph';
import { CLIENT_LIMITS, DocumentCache, limitFaults } from '@liandong/schema/graph';
import { MAX_QUERY_CHARACTERS } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import type { DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Identity } from './identity.ts';

/** Refuses a text that is too long before anything reads it. */
export function limitTexts(): Plugin {
  return {
    onParams: ({ params }) => {
      const { query } = params as { query?: unknown };
      if (typeof query === 'string' && query.length > MAX_QUERY_CHARACTERS) {
        throw problem('QUERY_TOO_LARGE', `A question has ${MAX_QUERY_CHARACTERS} characters at most.`);
      }
    },
  };
}

/** Makes the parser stop at a number of tokens, before it builds a tree from an endless text. */
export function limitTokens(maxTokens: number): Plugin {
  return {
    onParse: ({ params }) => {
      params.options = { ...params.options, maxTokens };
    },
  };
}

/**
 * Caches parsed questions that are valid for the graph, up to a number of bytes; a faulty question is checked again
 * each time. It is registered ahead of the plugins that may refuse valid questions, so that they still decide.
 */
export function rememberQuestions(mostBytes: number): Plugin {
  const known = new DocumentCache(mostBytes);
  const sound = new WeakSet<DocumentNode>();
  return {
    onParse: ({ params, setParsedDocument }) => {
      const found = known.find(params.source.toString());
      if (found) setParsedDocument(found);
    },
    onValidate: ({ params, setResult }) => {
      const document = params.documentAST;
      if (sound.has(document)) {
        setResult([]);
        return undefined;
      }
      return ({ valid }) => {
        const text = document.loc?.source.body;
        if (!valid || text === undefined) return;
        sound.add(document);
        known.keep(text, document);
      };
    },
  };
}

/**
 * Refuses too large a question before it is checked against the graph; nodes measure again for themselves.
 * @param heavyOf weights of a question's heavy fields, by caller
 */
export function limitQueries<Asked extends { identity: Identity }>(
  heavyOf: (identity: Identity, variables: Record<string, unknown>) => HeavyRoots,
): Plugin<object, Asked> {
  return {
    onValidate: ({ params, context, setResult }) => {
      const { identity, params: asked } = context as unknown as Asked & { params: { variables?: unknown } };
      const variables = (asked.variables ?? {}) as Record<string, unknown>;
      const faults = limitFaults(params.documentAST, CLIENT_LIMITS, heavyOf(identity, variables));
      if (faults.length > 0) setResult(faults);
    },
  };
}
