/** Where a catalog is kept that a run has left behind, so that the next run can say what drifted. Named by its content. */
export const recordedCatalogKey = (fingerprint: string) => `catalogs/${fingerprint}.json`;
