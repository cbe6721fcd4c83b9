'use strict';
/** Imports an ES module, as seen from this package. */
module.exports = (specifier) => import(specifier);
