/** Loaded before a command: requests to the API's address go to where the double answers them; what is signed stays as it is. */
const { API_ADDRESS: address, API_LOOPBACK: loopback } = process.env;
const reach = globalThis.fetch;
globalThis.fetch = (url, options) => reach(String(url).replace(address, loopback), options);
