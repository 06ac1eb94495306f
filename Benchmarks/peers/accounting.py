"""Compares our accountants with dp-accounting: processor time and epsilons, in one run.

Usage: accounting.py PROGRAM NAME, where PROGRAM is accounting-figures and NAME what is compared with.
"""

import json
import subprocess
import sys
import time

import dp_accounting
from dp_accounting import pld, rdp

# (q, noise multiplier, releases, delta) whose epsilons by the loss distribution are compared.
GRID = [
    (0.001, 1.0, 100_000, 1e-5), (0.001, 0.8, 100, 1e-6), (0.001, 2.0, 100, 1e-5), (0.001, 0.6, 1, 1e-5),
    (0.001, 0.6, 10, 1e-6), (0.01, 1.0, 1_000, 1e-6), (0.01, 4.0, 100, 1e-5), (0.01, 0.6, 1_000, 1e-5),
    (0.05, 2.0, 1_000, 1e-5), (0.25, 1.0, 100, 1e-6), (0.25, 4.0, 1_000, 1e-6), (0.25, 1.5, 1, 1e-5),
]
DISTINCT = [(0.001 + 1e-4 * i, 0.8 + 0.01 * i, 10) for i in range(200)]
CALIBRATION = {"rate": 0.01, "count": 1_000, "epsilon": 1.0, "delta": 1e-5, "tolerance": 1e-3}
LOOSENESS = 1e-3


def sampled(rate, noise):
    return dp_accounting.PoissonSampledDpEvent(rate, dp_accounting.GaussianDpEvent(noise))


def theirs_pld(rate, noise, count, delta):
    accountant = pld.PLDAccountant()
    accountant.compose(sampled(rate, noise), count)
    return accountant.get_epsilon(delta)


def theirs_rdp():
    accountant = rdp.RdpAccountant()
    for rate, noise, count in DISTINCT:
        accountant.compose(sampled(rate, noise), count)
    return accountant.get_epsilon(1e-5)


def theirs_calibration():
    return dp_accounting.calibrate_dp_mechanism(
        pld.PLDAccountant,
        lambda noise: dp_accounting.SelfComposedDpEvent(
            sampled(CALIBRATION["rate"], noise), CALIBRATION["count"]),
        CALIBRATION["epsilon"], CALIBRATION["delta"],
        dp_accounting.ExplicitBracketInterval(0.5, 4), tol=CALIBRATION["tolerance"])


def main():
    program, name = sys.argv[1:]
    pld_name = "pld, q 0.001, noise 1, 10^6 releases"
    rdp_name = "rdp, 200 distinct (q, noise)"
    calibration_name = "noise by pld, epsilon 1, q 0.01, 1000 releases"
    cases = [
        {"name": pld_name, "what": "pld", "releases": [[0.001, 1.0, 1_000_000]], "delta": 1e-5},
        {"name": rdp_name, "what": "rdp", "releases": [list(d) for d in DISTINCT], "delta": 1e-5},
        {"name": calibration_name, "what": "calibrate",
         "releases": [[CALIBRATION["rate"], 1.0, CALIBRATION["count"]]], "delta": CALIBRATION["delta"],
         "epsilon": CALIBRATION["epsilon"], "tolerance": CALIBRATION["tolerance"]},
    ] + [
        {"name": f"pld, q {q}, noise {s}, {t} releases, delta {d}", "what": "pld", "releases": [[q, s, t]], "delta": d}
        for q, s, t, d in GRID
    ]
    peers = [
        lambda: theirs_pld(0.001, 1.0, 1_000_000, 1e-5), theirs_rdp, theirs_calibration,
    ] + [lambda row=row: theirs_pld(*row) for row in GRID]
    promised = [10, 50, 10]

    # Before and after, so that what else the machine does meets both.
    def ours():
        output = subprocess.run(
            [program], input=json.dumps(cases), capture_output=True, text=True, check=True).stdout
        return json.loads(output)

    before = ours()
    others = []
    for peer in peers:
        start = time.process_time()
        value = peer()
        others.append((value, time.process_time() - start))
    after = ours()

    failures = []
    print(f"against {name}, processor time of one thread")
    for index, case in enumerate(cases):
        seconds = (before[index]["processorSeconds"] + after[index]["processorSeconds"]) / 2
        value, (other, other_seconds) = after[index]["value"], others[index]
        ratio, excess = other_seconds / seconds, value / other - 1
        print(f"{case['name']}: {value:.8g} in {1e3 * seconds:.2f} ms, theirs {other:.8g} in "
              f"{1e3 * other_seconds:.0f} ms: {ratio:.0f} times as fast, {excess:+.1e}")
        if index < len(promised) and ratio < promised[index]:
            failures.append(f"{case['name']}: {ratio:.1f} times as fast, promised are {promised[index]}")
        if excess > LOOSENESS:
            failures.append(f"{case['name']}: looser by {excess:.1e}, promised is at most {LOOSENESS}")
    for failure in failures:
        print(f"peers: {failure}", file=sys.stderr)
    sys.exit(1 if failures else 0)


main()
