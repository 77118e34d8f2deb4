export { BundleDesk } from './bundle-desk.ts';
