export * from './catalogue-entry.ts';
export * from './envelope.ts';
export * from './federation.ts';
export * from './log-line.ts';
export * from './sharing.ts';
export * from './subjects.ts';
export * from './parts.ts';
export * from './topology.ts';
