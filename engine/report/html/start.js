// What the page shows depends on the data in it.
const comparison = embedded("comparison");
if (comparison) comparisonPage(comparison);
else runPage(embedded("summary"), embedded("run"));
