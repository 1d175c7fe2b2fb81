import type { Hono } from 'hono';
import { answer, type ConsoleContext, type ConsoleEnv, field } from '../context.ts';
import { nextReviewId, noReviewPage, previewOf, type Review, reviewPage, reviewQuestion, type Told } from '../pages/review.ts';
import { attempt } from './clients.ts';

/** Doubtful matches, one after the other. */
export function reviewRoutes(app: Hono<ConsoleEnv>): void {
  app.get('/console/reviews', async (c) => await show(c, await nextReviewId(c.get('view'))));
  app.get('/console/reviews/:id', async (c) => await show(c, c.req.param('id')));
  app.post('/console/reviews/:id', async (c) => {
    const view = c.get('view');
    const taskId = c.req.param('id');
    const given = field(c, 'answer');
    const told = await attempt(async () => {
      await view.order('POST', '/v1/review-answers', { taskId, answer: given });
      return view.t('review.answered', { answer: view.t.code('reviewAnswer', given) });
    });
    const undoable = told.trouble === undefined ? taskId : undefined;
    return await show(c, await nextReviewId(view), { ...told, answered: undoable });
  });
  app.post('/console/reviews/:id/undo', async (c) => {
    const view = c.get('view');
    const taskId = c.req.param('id');
    const told = await attempt(async () => {
      await view.order('POST', '/v1/identity-undos', { taskId });
      return view.t('review.undone');
    });
    return await show(c, await nextReviewId(view), told);
  });
}

async function show(c: ConsoleContext, id: string | undefined, told: Told = {}): Promise<Response> {
  const view = c.get('view');
  if (id === undefined) return await answer(c, noReviewPage(view, told));
  const { review, reviewCount } = await view.ask<{ readonly review: Review | null; readonly reviewCount: number }>(
    reviewQuestion,
    { id },
  );
  if (review === null || review.state !== 'open')
    return await answer(c, noReviewPage(view, { ...told, trouble: told.trouble ?? view.t('review.gone') }), 404);
  if (!view.mayOrder('settle-review')) return await answer(c, noReviewPage(view, { trouble: view.t('review.notYours') }), 403);
  const effects = { same: await previewOf(view, id, 'same'), different: await previewOf(view, id, 'different') };
  return await answer(c, reviewPage(view, review, reviewCount, effects, told));
}
