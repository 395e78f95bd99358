import { makeMarketTopic } from '../market/topics/make-market-topic.ts';
import type { MakePublicTopic } from './public-topic.ts';

/** What `/v5/public/linear` offers; the first that knows a name makes its topic. */
export const PUBLIC_TOPICS: readonly MakePublicTopic[] = [makeMarketTopic];
