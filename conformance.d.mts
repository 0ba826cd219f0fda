// The public types of psc-native. Generated from ts/ by `npm run build`; change them there.

export * from './conformance.js';
