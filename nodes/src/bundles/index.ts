/** 一件事: one form for several items: filed by their order, one progress, one delivery. */
export { BundleDesk } from './bundle-desk.ts';
export { bundleHandlers } from './handlers.ts';
