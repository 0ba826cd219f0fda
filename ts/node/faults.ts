import { loadNative } from '../native';
import { unref } from '../unref';
import { warn } from '../warnings';

/** Milliseconds between two looks. */
const LOOK = 1000;

let watching = false;

/** Warns of faults on threads of the native code, which no caller can be told of. */
export function watchFaults(): void {
  if (watching) return;
  watching = true;
  const { Region } = loadNative();
  const look = () => {
    for (const fault of Region.faults()) {
      warn('PSC_INTERNAL', fault);
    }
  };
  unref(setInterval(look, LOOK));
}
