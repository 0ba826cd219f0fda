// What the README has a page's project declare, to the letter.
interface Window {
  pscAdapter: import('psc-native').PSCStorageAdapter;
}
