/** What of Chromium several rooms go by. */

/**
 * The `oom_score_adj` that Chromium gives a renderer; its other processes have less
 * (content/public/common/content_constants.h).
 */
export const RENDERER_SCORE_ADJ = 300
