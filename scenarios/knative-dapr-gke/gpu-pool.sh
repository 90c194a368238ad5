#!/bin/sh
# One node of fixed size (no --enable-autoscaling); its card is cut into partitions, which GKE does as often as it can.
gcloud container node-pools create knative-dapr-gpu-node \
    --project my-project --cluster=cluster-1 --zone us-east1-b \
    --machine-type a2-highgpu-1g --num-nodes 1 \
    --accelerator type=nvidia-tesla-a100,count=1,gpu-driver-version=default,gpu-partition-size=1g.5gb \
    --enable-autoupgrade
