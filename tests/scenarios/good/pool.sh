gcloud container node-pools create t4 --cluster=c --machine-type n1-standard-4 \
  --accelerator type=nvidia-tesla-t4,count=1
