/** Where a part of the overview ends, for the next one to go on: the order of its last row. */
export type PageEnd = readonly [rank: number, sort: string, contact: string];
