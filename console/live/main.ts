import { findWhileTyping } from './find-while-typing.ts';
import { lockWhenIdle } from './lock-when-idle.ts';
import { showLocalTimes } from './show-local-times.ts';
import { splitByDragging } from './split-by-dragging.ts';
import { answerByKey } from './answer-by-key.ts';
import { closeByEscape } from './close-by-escape.ts';
import { offerSingleKeys } from './single-keys.ts';
import { watchLive } from './watch-live.ts';

showLocalTimes(document);
findWhileTyping();
answerByKey();
offerSingleKeys();
splitByDragging();
closeByEscape();
watchLive();
lockWhenIdle();
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}
