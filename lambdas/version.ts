/** The version of the product, as package.json has it; every evidence document names the one that wrote it. */
export const version = '0.10.0';
