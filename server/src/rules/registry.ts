/** Every rule, in the order of their names. Written by scripts/generate.mjs from the files of this folder. */
import { rule as nonatomicUpdate } from './nonatomic-update.ts';
import type { Rule } from './rule.ts';

export const RULES: readonly Rule[] = [nonatomicUpdate];
