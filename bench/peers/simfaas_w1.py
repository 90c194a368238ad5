"""W1 in SimFaaS (https://github.com/pacslab/simfaas), as its own steady example has it.

Usage: simfaas_w1.py SECONDS [SEED]. Prints one line of JSON.
"""

import json
import sys

import numpy
from simfaas.ServerlessSimulator import ServerlessSimulator

seconds = float(sys.argv[1])
numpy.random.seed(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
simulator = ServerlessSimulator(
    arrival_rate=0.9,
    warm_service_rate=1 / 1.991,
    cold_service_rate=1 / 2.244,
    expiration_threshold=600,
    max_time=seconds,
    maximum_concurrency=1000,
)
simulator.generate_trace()
print(
    json.dumps(
        {
            "requests": simulator.total_req_count,
            "cold_ratio": simulator.get_cold_start_prob(),
            "instances_mean": simulator.get_average_server_count(),
        }
    )
)
