/** Numbered feeds: facts upward, the catalogue downward. */
export { FeedAppender } from './appender.ts';
export { FeedCursors } from './cursors.ts';
export { extendFeed, findFeeds, lockFeed, readEntries } from './feed-store.ts';
export type { FeedState } from './feed-store.ts';
export { FeedPublisher } from './publisher.ts';
export { FeedSubscriber } from './subscriber.ts';
export type { FeedReader } from './numbering.ts';
