#!/bin/bash
# SPDX-License-Identifier: MIT
#
# metrics.sh: print docs/metrics.md: the text below around the table of metrics, as the agent has it.
set -eu
cd "$(dirname "$0")/.."
B=${B:-build}

cat <<'END'
# Metrics

<!-- `make docs-metrics` writes this page: see docs/metrics.sh -->

`hostportd --metrics=127.0.0.1:9937` serves metrics by HTTP. Without the option there are none, and no port is taken.

| path | answer |
| --- | --- |
| `/metrics` | the metrics below |
| `/readyz` | 200 if the programs are proved to work; 503 and the reason if not |
| `/healthz` | 200: the agent runs |

Metrics are OpenMetrics 1.0 text, or the older text of Prometheus for a client that accepts `text/plain` and does not name
OpenMetrics. They and `hostportctl status --json` are two views of the same state. What is shown is at most a second old,
however many clients ask.

Labels have bounded sets of values: no metric names a pod, a process or a port. Their events do (`hostportctl tail`). Of
`hostportd_violations_total`, of teams and of programs, only series that are not zero are there.

    violations = lines + folded + lost - what sweeps found of the lost

The agent's port is a port of the node: bind() is checked by the agent's own programs, so the registry must have a row for
it. The built-in layer `hostportd` has one for 9937.

The connection is plain HTTP: whoever can reach the address can read the metrics. Bind it to loopback, or to an address
that only the monitoring system can reach. 64 clients may be connected. A client that does nothing for 10 seconds is
disconnected, each connection is for one request, and a request has at most 8 KiB. No client can hold up the agent, but
64 clients that go on sending a byte now and then keep others out of the metrics.

    scrape_configs:
      - job_name: hostportd
        static_configs:
          - targets: ["127.0.0.1:9937"]

## The table

END
"$B/docs/metrics_page"
