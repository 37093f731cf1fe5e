export const RULES = [{ id: 'nonatomic-update' }];
