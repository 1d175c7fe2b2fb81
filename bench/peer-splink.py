"""The peer of `npm run bench -- identity`: Splink's whole job on one CSV file, with its own comparison library.

Reads and cleans with pandas, trains, predicts and clusters on DuckDB, writes the clusters; prints one JSON line of seconds, peak memory
and, outside the time, pairwise precision and recall. Our settings for it: the peer's authors may find better ones.
usage: python peer-splink.py people.csv clusters.csv threshold
"""

import json
import resource
import sys
import time
from collections import Counter

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

source, target, threshold = sys.argv[1], sys.argv[2], float(sys.argv[3])
began = time.perf_counter()

people = pd.read_csv(source, dtype=str, keep_default_na=False)
truth = people.pop("cluster")


def folded(column: pd.Series) -> pd.Series:
    plain = column.str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii")
    return plain.str.lower().str.replace(r"[^a-z ]", "", regex=True).str.strip()


def digits(column: pd.Series) -> pd.Series:
    return column.str.replace(r"\D", "", regex=True).str.replace(r"^34(?=\d{9}$)", "", regex=True)


compact = people["birth_date"].str.replace(r"\D", "", regex=True)
clean = pd.DataFrame(
    {
        "unique_id": people["unique_id"],
        "given_name": folded(people["given_name"]),
        "surname": folded(people["surname"]),
        "birth_date": compact.where(compact.str.len() == 8, "").str.replace(
            r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", regex=True
        ),
        "email": people["email"].str.lower().str.strip(),
        "phone": digits(people["phone"]),
        "tax_id": people["tax_id"].str.upper(),
        "postcode": people["postcode"],
        "city": folded(people["city"]),
    }
)
placeholders = {
    "email": ["n/a", "no@no.com", "info@empresa.es", "contabilidad@acme.it"],
    "phone": ["600000000"],
}
for column, values in placeholders.items():
    clean[column] = clean[column].where(~clean[column].isin(values), "")
clean = clean.replace("", None)
cleaned = time.perf_counter()

settings = SettingsCreator(
    link_type="dedupe_only",
    comparisons=[
        cl.ForenameSurnameComparison("given_name", "surname"),
        cl.DateOfBirthComparison("birth_date", input_is_string=True),
        cl.EmailComparison("email"),
        cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("tax_id", [1]),
        cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("email"),
        block_on("phone"),
        block_on("tax_id"),
        block_on("given_name", "surname", "postcode"),
        block_on("given_name", "surname", "birth_date"),
        block_on("surname", "birth_date", "postcode"),
        block_on("given_name", "birth_date", "postcode"),
    ],
)
linker = Linker(DuckDBAPI().register(clean, dataset_display_name="people"), settings, log_level="ERROR")
linker.training.estimate_probability_two_random_records_match(
    [block_on("email"), block_on("tax_id"), block_on("given_name", "surname", "birth_date")], recall=0.8
)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
for rule in (block_on("given_name", "surname", "postcode"), block_on("birth_date", "postcode"), block_on("email")):
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
predictions = linker.inference.predict(threshold_match_probability=0.5)
clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold)
found = clusters.as_pandas_dataframe()[["unique_id", "cluster_id"]]
matched = time.perf_counter()
found.to_csv(target, index=False)
ended = time.perf_counter()
usage = resource.getrusage(resource.RUSAGE_SELF)

cluster_of = dict(zip(found["unique_id"], found["cluster_id"]))
labels = [cluster_of.get(one, one) for one in people["unique_id"]]


def pairs(values) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(values).values())


right, all_found, all_true = pairs(zip(labels, truth)), pairs(labels), pairs(truth)
print(
    json.dumps(
        {
            "seconds": round(ended - began, 2),
            "processorSeconds": round(usage.ru_utime + usage.ru_stime, 2),
            "cleanSeconds": round(cleaned - began, 2),
            "matchSeconds": round(matched - cleaned, 2),
            "peakMegabytes": round(usage.ru_maxrss / 1000),
            "precision": round(right / max(all_found, 1), 4),
            "recall": round(right / max(all_true, 1), 4),
        }
    )
)
