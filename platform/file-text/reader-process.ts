import { type HeldFileBytes, textOf } from './text-of.ts';

// one file at a time: whoever asks waits for the answer
process.on('message', (file: HeldFileBytes) => {
  textOf(file).then(
    (text) => process.send?.({ text }),
    () => process.send?.({}), // what a reader chokes on cannot be read
  );
});
// whoever asked is gone
process.on('disconnect', () => process.exit(0));
